"""What one process reads, another gets unchanged."""

import pickle

from scidex.atlas.importing import parse_source
from scidex.atlas.importing.packing import pack, unpack


def test_a_reading_survives_the_way_between_processes(seed):
    parsed = parse_source(seed.read_bytes(), seed.name)
    assert unpack(pickle.loads(pickle.dumps(pack(parsed)))) == parsed
