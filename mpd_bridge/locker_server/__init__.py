"""Our own locker server: a folder of music behind the APIs of the services."""
