"""SFTP: the hub as a client of others' servers, and a server of its own for partners.

asyncssh is imported by ``remote`` and ``serve`` alone, and only once somebody connects: the web server and a worker
without such a channel do without it. Keys and names are looked at with what is loaded anyway.
"""
