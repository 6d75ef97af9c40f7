"""The pure heart: values in, values out; standard library only."""
