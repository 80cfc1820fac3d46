"""Curves of many runs in one plot of characters: the dots, what is seen, the axes, the legend and the widget."""
