-- Facts are appended. As rows of a table (not of an index, as WITHOUT ROWID makes them) an append
-- fills one page after the other; an index moves whole facts between three pages at each split.
CREATE TABLE outbox_rows(
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    id TEXT NOT NULL,
    type TEXT NOT NULL,
    v INTEGER NOT NULL,
    agg TEXT NOT NULL,
    operator TEXT NOT NULL,
    wall TEXT NOT NULL,
    hash TEXT NOT NULL,
    bytes TEXT NOT NULL,
    outcome TEXT NOT NULL,
    code TEXT NOT NULL,
    ref TEXT NOT NULL,
    seen_by_operator INTEGER NOT NULL,
    moved_epoch INTEGER NOT NULL,
    moved_seq INTEGER NOT NULL,
    PRIMARY KEY(epoch, seq)
) STRICT;
INSERT INTO outbox_rows(epoch, seq, id, type, v, agg, operator, wall, hash, bytes, outcome, code, ref, seen_by_operator,
    moved_epoch, moved_seq)
  SELECT epoch, seq, id, type, v, agg, operator, wall, hash, bytes, outcome, code, ref, seen_by_operator, moved_epoch,
    moved_seq FROM outbox ORDER BY epoch, seq;
DROP TABLE outbox;
ALTER TABLE outbox_rows RENAME TO outbox;
CREATE INDEX outbox_outcome ON outbox(outcome, epoch, seq) WHERE outcome <> '';
