"""The schema's history. `crm_store.migrate` applies it; a file `vNNNN_what.py` holds revision `NNNN`.

A new revision, from the difference between the models and the newest one:

    cd crm_store/migrations
    alembic -x url=sqlite:////tmp/new.db upgrade head
    alembic -x url=sqlite:////tmp/new.db revision --autogenerate --rev-id 0002 -m "what"

Then read it, and give every type in SQLAlchemy's own terms: a revision must not change when a model does.
"""
