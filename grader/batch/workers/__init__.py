"""Who grades: a queue, worker processes of this machine or of a Dask cluster, and the isolation they grade behind."""
