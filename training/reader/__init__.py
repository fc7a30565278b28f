"""How the multilingual reader is made: examples, the network, training, calibration and export; not in the wheel."""
