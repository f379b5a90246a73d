def test_opens(scidex):
    a = scidex.door.perform("artifact.create", {"kind": "page", "content": {"title": "A"}}, scidex.actor)
    assert a.version == 1
