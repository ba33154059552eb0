"""The preview: the site on this machine, kept up with what is being written."""
