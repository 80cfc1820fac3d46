"""What a session came to, for people who were not there: one page to read, curves as pictures. Pure: text comes out."""
