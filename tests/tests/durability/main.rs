//! What is acknowledged is on the disk: by killing the program, and by watching what it asks of the system.

mod kill;
mod trace;
