-- What leaves: orders as they are packed, by number, pack task, and the totes and cartons that hold their goods.
CREATE TABLE p_pack_order(
    id TEXT NOT NULL PRIMARY KEY,
    task TEXT NOT NULL,
    state TEXT NOT NULL,
    cutoff_ms INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX p_pack_order_task ON p_pack_order(task) WHERE task <> '';
CREATE INDEX p_pack_order_state ON p_pack_order(state, cutoff_ms);

CREATE TABLE p_pack_unit(
    unit TEXT NOT NULL,
    order_id TEXT NOT NULL,
    PRIMARY KEY(unit, order_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX p_pack_unit_order ON p_pack_unit(order_id);

CREATE TABLE p_carton(
    id TEXT NOT NULL PRIMARY KEY,
    order_id TEXT NOT NULL,
    tracking TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX p_carton_order ON p_carton(order_id);
CREATE INDEX p_carton_tracking ON p_carton(tracking) WHERE tracking <> '';

CREATE TABLE p_carton_type(
    id TEXT NOT NULL PRIMARY KEY,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What comes back: announced returns, and what was shipped.
CREATE TABLE p_rma(
    id TEXT NOT NULL PRIMARY KEY,
    order_id TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX p_rma_order ON p_rma(order_id);

CREATE TABLE p_shipped(
    id TEXT NOT NULL PRIMARY KEY,
    order_id TEXT NOT NULL,
    line TEXT NOT NULL,
    carton TEXT NOT NULL,
    tracking TEXT NOT NULL,
    serial TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX p_shipped_order ON p_shipped(order_id);
CREATE INDEX p_shipped_carton ON p_shipped(carton);
CREATE INDEX p_shipped_tracking ON p_shipped(tracking) WHERE tracking <> '';
CREATE INDEX p_shipped_serial ON p_shipped(serial) WHERE serial <> '';

-- Own facts about cartons that the base does not contain yet, in their order. state '' and grams -1: as before;
-- type '' = it was there before.
CREATE TABLE ov_carton(
    carton TEXT NOT NULL,
    order_id TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    state TEXT NOT NULL,
    type TEXT NOT NULL,
    grams INTEGER NOT NULL,
    copies INTEGER NOT NULL,
    PRIMARY KEY(carton, epoch, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX ov_carton_order ON ov_carton(order_id);

-- Units put into cartons here, less those taken out.
CREATE TABLE ov_pack_line(
    order_id TEXT NOT NULL,
    line TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    packed INTEGER NOT NULL,
    PRIMARY KEY(line, epoch, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX ov_pack_line_order ON ov_pack_line(order_id);

-- Orders whose packing ended here.
CREATE TABLE ov_pack_order(
    order_id TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY(order_id, epoch, seq)
) STRICT, WITHOUT ROWID;

-- Units that came back here.
CREATE TABLE ov_returned(
    order_id TEXT NOT NULL,
    line TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    lot TEXT NOT NULL,
    serial TEXT NOT NULL,
    qty INTEGER NOT NULL,
    PRIMARY KEY(line, epoch, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX ov_returned_order ON ov_returned(order_id);

-- Units of a batch that went into the totes of their orders here.
ALTER TABLE ov_line ADD COLUMN sorted INTEGER NOT NULL DEFAULT 0;

-- Open lines that name a handling unit.
CREATE INDEX p_line_unit ON p_line(json_extract(body, '$.handling_unit'))
  WHERE state = 'open' AND json_extract(body, '$.handling_unit') <> '';

-- Own picks, so that the last one can be undone.
CREATE INDEX outbox_picked ON outbox(agg, epoch, seq) WHERE type = 'Picked';

-- Own counts, for the line that each was begun for.
CREATE INDEX outbox_started ON outbox(agg, epoch, seq) WHERE type = 'CountStarted';
