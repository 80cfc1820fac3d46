"""The cockpit in a browser: a server, a door for those who have the address, and a process for each tab."""
