"""First steps: what a pair lacks, what was planned, and how a template goes on."""
