"""The ten-class detector: data, network, loss, fitting and export."""
