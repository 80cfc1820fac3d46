"""The cockpit: the full-screen front end. Only this room knows Textual; it sends commands and watches events."""
