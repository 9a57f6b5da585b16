//! A samod repo that takes connections and keeps documents in files, all defaults.

use samod::Repo;
use samod::storage::TokioFilesystemStorage;
use tokio::net::TcpListener;

/// Serves until it is killed; prints where.
pub async fn run(folder: &str, port: u16) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)?;
    let repo = Repo::build_tokio().with_storage(TokioFilesystemStorage::new(folder)).load().await;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    let url = format!("tcp://{}", listener.local_addr()?);
    println!("{}", serde_json::json!({ "url": url }));
    let acceptor = repo.make_acceptor(url.parse()?)?;
    loop {
        let (io, _) = listener.accept().await?;
        io.set_nodelay(true)?;
        acceptor.accept_tokio_io(io)?;
    }
}
