"""The verb calibrate: a device file for the machine that it runs on."""
