"""One file per tracker format → canonical nights. Everything is read on this machine; nothing leaves it."""
