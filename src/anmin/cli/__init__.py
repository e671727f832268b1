"""The command line: parse, call one function, render. No domain logic lives here."""
