-- Deliveries as they are looked up: by their number, an order in them, an announced handling unit, an
-- awaited item.
CREATE TABLE p_delivery(
    id TEXT NOT NULL PRIMARY KEY,
    state TEXT NOT NULL,
    due_ms INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX p_delivery_state ON p_delivery(state, due_ms);

CREATE TABLE p_delivery_line(
    id TEXT NOT NULL PRIMARY KEY,
    delivery TEXT NOT NULL,
    seq INTEGER NOT NULL,
    item TEXT NOT NULL,
    order_id TEXT NOT NULL,
    state TEXT NOT NULL,
    received INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX p_delivery_line_delivery ON p_delivery_line(delivery, seq);
CREATE INDEX p_delivery_line_item ON p_delivery_line(item, delivery) WHERE state = 'open';
CREATE INDEX p_delivery_line_order ON p_delivery_line(order_id);

CREATE TABLE p_announced(
    id TEXT NOT NULL PRIMARY KEY,
    unit TEXT NOT NULL,
    delivery TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX p_announced_unit ON p_announced(unit);

-- Lines by place: what is promised there, and whether it is to be counted.
ALTER TABLE p_line ADD COLUMN location TEXT NOT NULL DEFAULT '';
ALTER TABLE p_line ADD COLUMN item TEXT NOT NULL DEFAULT '';
CREATE INDEX p_line_location ON p_line(location, item) WHERE state = 'open';

-- What a handling unit stands on, what brought it, whether it is sealed.
ALTER TABLE p_handling_unit ADD COLUMN parent TEXT NOT NULL DEFAULT '';
ALTER TABLE p_handling_unit ADD COLUMN delivery TEXT NOT NULL DEFAULT '';
ALTER TABLE p_handling_unit ADD COLUMN sealed INTEGER NOT NULL DEFAULT 0;
CREATE INDEX p_handling_unit_parent ON p_handling_unit(parent) WHERE parent <> '';
CREATE INDEX p_handling_unit_location ON p_handling_unit(location) WHERE location <> '';

-- Own receipts that the base does not contain yet.
CREATE TABLE ov_delivery_line(
    delivery TEXT NOT NULL,
    line TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    received INTEGER NOT NULL,
    PRIMARY KEY(line, epoch, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX ov_delivery_line_delivery ON ov_delivery_line(delivery);

-- sets_parent 1: stands on `parent` now ('' = by itself). kind '' = as it was; else it is new.
ALTER TABLE ov_handling_unit ADD COLUMN sets_parent INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ov_handling_unit ADD COLUMN parent TEXT NOT NULL DEFAULT '';
ALTER TABLE ov_handling_unit ADD COLUMN kind TEXT NOT NULL DEFAULT '';
ALTER TABLE ov_handling_unit ADD COLUMN delivery TEXT NOT NULL DEFAULT '';

-- What own receipts brought in good state, until the base contains their close: no overlay, since the
-- close needs it long after the base contains what was received.
CREATE TABLE receipt_unit(
    receipt TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    n INTEGER NOT NULL,
    line TEXT NOT NULL,
    item TEXT NOT NULL,
    lot TEXT NOT NULL,
    serial TEXT NOT NULL,
    handling_unit TEXT NOT NULL,
    qty INTEGER NOT NULL,
    status TEXT NOT NULL,
    PRIMARY KEY(receipt, epoch, seq, n)
) STRICT, WITHOUT ROWID;

-- Photographs, until the core has them. The file lies beside the store.
CREATE TABLE photo(
    id TEXT NOT NULL PRIMARY KEY,
    subject TEXT NOT NULL,
    hash TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    state TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Tasks that were opened here; the core adopts them.
ALTER TABLE ov_task ADD COLUMN body TEXT NOT NULL DEFAULT '';

-- Own facts that a flow sums up when it is gone on with.
CREATE INDEX outbox_own ON outbox(agg, epoch, seq) WHERE type IN ('Counted', 'Received', 'UnknownReceived', 'Undone');

-- Receipts that were closed here, until the base contains it.
CREATE TABLE ov_receipt(
    receipt TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY(receipt, epoch, seq)
) STRICT, WITHOUT ROWID;

-- Where an item is.
CREATE INDEX p_stock_item ON p_stock(item, location);
CREATE INDEX ov_stock_item ON ov_stock(item, location);
