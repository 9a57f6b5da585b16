//! `huiqian device`

use form_client::device::{self, KeyPlace};
use serde_json::json;

use crate::argument::{Arguments, PlaceArgument};
use crate::output::Output;

pub fn run(arguments: &Arguments, keep_in: Option<PlaceArgument>, output: &Output) -> anyhow::Result<()> {
    let mut workspace = arguments.workspace()?;
    if let Some(place) = keep_in {
        workspace.keep_key_in(place.into())?;
    }
    let device = workspace.device();
    let place = device.place();
    let (key, file) = (device.public().to_string(), workspace.key_file());
    let shown = match place {
        KeyPlace::File => file.display().to_string(),
        KeyPlace::Keyring => output.pick("系统密钥环", "the system's keyring").to_owned(),
    };
    output.result(&json!({ "device": key, "name": device::name(), "key_place": place }), |_| {
        let lies = output.pick("签名密钥在：", "its key lies in: ");
        vec![format!("{key}  {}", device::name()), format!("{lies}{shown}")]
    })
}
