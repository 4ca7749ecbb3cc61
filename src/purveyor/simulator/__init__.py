"""The stand-in Amazon: part of the product, for tests, demo, rehearsals and other people's clients.

    from purveyor.simulator.world import World
    from purveyor.simulator.app import create_app      # plugged in without sockets
    from purveyor.simulator.server import serve        # or on a port

Row 0: knows neither the framework nor the hub. Everything in it is invented; nothing reaches Amazon.
"""
