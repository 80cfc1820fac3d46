"""Finding a text: what one row of the screen asks for, in each of the places where it may stand."""
