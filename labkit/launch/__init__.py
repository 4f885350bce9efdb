"""The ways into the lab that begin outside a notebook: pages, folders, links, and a lab beside a terminal."""
