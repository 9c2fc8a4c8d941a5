"""``python -m deploy.local``: the same as the ``tremplin`` command."""

from deploy.local.cli import app

if __name__ == "__main__":
    app()
