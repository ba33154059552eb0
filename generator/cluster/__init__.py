"""Work on other machines, by a Dask cluster that runs already."""
