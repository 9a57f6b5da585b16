//! The hub: merges what the agencies write, judges every change, and keeps one signed log an application.
