"""The accounting API's endpoints: each view takes a call and the path's ids, and replies."""
