"""Word processors, sheets, slides and books."""
