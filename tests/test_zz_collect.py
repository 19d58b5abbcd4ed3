import random, traceback, collections, os
from tests.test_fuzz import Range, PUBLIC, EMAILS
def test_collect(app, world):
    app.config["PROPAGATE_EXCEPTIONS"]=True
    seed = int(os.environ.get("SEED", "1"))
    dice = random.Random(seed)
    field = Range(app, world, dice)
    seen = collections.Counter(); statuses=collections.Counter(); first={}
    who_all = ["", *PUBLIC, *EMAILS]
    for _ in range(int(os.environ.get("N","1000"))):
        who = dice.choice(who_all)
        try:
            shot = field.shot(who)
            if shot.method in ("POST","PUT","PATCH","DELETE"):
                field.archer.load(shot, *field.form(who, shot))
            a = field.fire(who, shot)
            statuses[shot.method, a.status_code]+=1
        except AssertionError as e:
            c = e.__cause__ or e
            tb = traceback.extract_tb(c.__traceback__)
            mine = [f"{os.path.basename(os.path.dirname(f.filename))}/{os.path.basename(f.filename)}:{f.lineno}" for f in tb if "/work/main/" in f.filename and ".venv" not in f.filename and "tests" not in f.filename]
            k = (type(c).__name__, str(c)[:150], " < ".join(mine[-3:][::-1]), tb[-1].filename[-40:], tb[-1].lineno)
            seen[k]+=1; first.setdefault(k, str(e)[:700])
            from models import database
            if database.in_transaction(): database.rollback()
            field.clients.pop(who, None)
    print(statuses)
    for k,n in seen.most_common(): print("\n##", n, k, "\n   ", first[k])
