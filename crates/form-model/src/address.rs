//! A hub's address as a person types it.

use std::net::IpAddr;

use crate::language::Language;

/// What to say before anything is sent to an address, if there is something to say: over `http://` to another machine
/// everybody on the way can read along.
pub fn warning(address: &str, language: Language) -> Option<&'static str> {
    is_open(address).then_some(match language {
        Language::Chinese => {
            "这个地址不加密（http://）：同一网络上的人能看到发送的内容。请向协同中心的管理员要 https:// 的地址。"
        }
        Language::English => {
            "This address is not encrypted (http://): others on the network can read what is sent. Ask whoever runs \
             the hub for an https:// address."
        }
    })
}

/// Whether what is sent there can be read on the way.
fn is_open(address: &str) -> bool {
    let Some(rest) = address.trim().strip_prefix("http://") else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let name = match host.strip_prefix('[') {
        Some(numbers) => numbers.split(']').next(),
        None => host.split(':').next(),
    };
    let name = name.unwrap_or_default();
    name != "localhost" && !name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unencrypted_line_to_another_machine_is_warned_of() {
        for open in [
            "http://hub.example.org",
            " http://10.0.0.7:8080/x",
            "http://[2001:db8::1]:80",
            "http://localhost.example",
        ] {
            assert!(warning(open, Language::English).is_some(), "{open}");
        }
        for fine in [
            "https://hub.example.org",
            "hub.example.org",
            "http://127.0.0.1:9",
            "http://[::1]:80/",
            "http://localhost",
        ] {
            assert_eq!(warning(fine, Language::Chinese), None, "{fine}");
        }
    }
}
