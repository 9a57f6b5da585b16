//! The command about sign-off and final revisions.

use form_client::hub;
use form_model::command::{Signing, SigningAct, SigningRequest};
use tauri::State;

use super::Answer;
use crate::engine::Engine;

#[tauri::command]
pub async fn signing(engine: State<'_, Engine>, request: SigningRequest) -> Answer<Signing> {
    if let SigningAct::Finalise { overrides } = &request.act {
        // Only the hub makes a revision final; how things stand afterwards is read here.
        hub::finalise(&*engine, &request.application, overrides.clone()).await?;
    }
    let at_hub = match &request.act {
        SigningAct::Examine => hub::examine(&*engine, &request.application).await?,
        _ => Vec::new(),
    };
    engine
        .ask(move |desk| {
            let mut signing = desk.workspace()?.signing(&request)?;
            for obstacle in at_hub {
                if !signing.obstacles.contains(&obstacle) {
                    signing.obstacles.push(obstacle);
                }
            }
            desk.tell_sync(&request.application);
            Ok(signing)
        })
        .await
}
