"""The portal a person clicks: sign in, choose an account, make an app, view its credentials, authorise it.

Our own design and words; a banner on every page says that it is not Amazon.
"""
