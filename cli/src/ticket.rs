//! `huiqian evidence ticket`: how other programs bring and fetch files.

use form_client::clock;
use form_client::hub::{self, FileTicket, HubConnection, LocalDesk};
use serde::Serialize;

use crate::argument::Arguments;
use crate::output::Output;
use crate::sync::wait;

/// How much of a file other clients are told to send at once, in bytes: what a broken line loses of one that has no
/// memory of its own.
const CHUNK_BYTES: u32 = 4 << 20;

/// A ticket with lines that are ready to be run.
#[derive(Serialize)]
struct Ticket {
    uploads: String,
    blobs: String,
    /// The header's line.
    header: String,
    expires_ms: i64,
    curl_upload: String,
    curl_download: String,
    tuspy: String,
    tus_js_client: String,
}

impl Ticket {
    fn new(ticket: &FileTicket) -> Self {
        let FileTicket { uploads, blobs, authorization, expires_ms } = ticket;
        let header = format!("Authorization: {authorization}");
        Self {
            curl_upload: format!(
                "curl -X POST -T FILE -H '{header}' -H 'Tus-Resumable: 1.0.0' -H \"Upload-Length: $(wc -c < FILE)\" \
                 -H 'Content-Type: application/offset+octet-stream' '{uploads}'"
            ),
            curl_download: format!("curl -f -C - -o FILE -H '{header}' '{blobs}/SHA256'"),
            tuspy: format!(
                "TusClient('{uploads}', headers={{'Authorization': '{authorization}'}})\
                 .uploader('FILE', chunk_size={CHUNK_BYTES}).upload()"
            ),
            tus_js_client: format!(
                "new tus.Upload(file, {{ endpoint: '{uploads}', headers: {{ Authorization: '{authorization}' }}, \
                 chunkSize: {CHUNK_BYTES} }}).start()"
            ),
            uploads: uploads.clone(),
            blobs: blobs.clone(),
            header,
            expires_ms: *expires_ms,
        }
    }

    fn lines(&self, output: &Output) -> Vec<String> {
        let until = clock::local_time(self.expires_ms);
        vec![
            format!("{}  {}", output.pick("上传地址", "uploads"), self.uploads),
            format!("{}  {}/SHA256", output.pick("下载地址", "files"), self.blobs),
            format!("{}    {}", output.pick("请求头", "header"), self.header),
            format!("{}    {until}", output.pick("有效至", "good until")),
            format!("{}  {}", output.pick("curl 上传", "curl, up"), self.curl_upload),
            format!("{}  {}", output.pick("curl 下载", "curl, down"), self.curl_download),
            format!("tuspy  {}", self.tuspy),
            format!("tus-js-client  {}", self.tus_js_client),
            output
                .pick(
                    "凭此票可以本机的身份收发这份申报的佐证材料，请勿转给他人；传上去的文件要在一台电脑上添加后才列入申报。",
                    "whoever has this may do with the application's files what this device may: keep it to yourself; \
                     a file brought so stands in the application once a desk adds it",
                )
                .to_owned(),
        ]
    }
}

/// Asks the hub for a ticket and prints it.
pub fn run(arguments: &Arguments, id: &str, output: &Output) -> anyhow::Result<()> {
    let desk = LocalDesk::new(arguments.workspace()?);
    let id = desk.with(|desk| desk.resolve(id))?;
    let named = desk.with(|desk| desk.hub(&id))?;
    let ticket = wait(async {
        let connection = HubConnection::to(&named, hub::device_key(&desk).await?)?;
        Ok(connection.file_ticket(&id).await?)
    })?;
    output.result(&Ticket::new(&ticket), |ticket| ticket.lines(output))
}
