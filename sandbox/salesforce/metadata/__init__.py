"""Deployments of metadata: what is read, checked and put in, and who then sees it."""
