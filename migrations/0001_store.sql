-- The store of a device. Landed files are never edited: a change is a new file.
-- Every table STRICT, every column NOT NULL; '' and 0 mean "none".

-- Who this device is and what the last sync said; one row a fact about the store itself.
CREATE TABLE meta(
    k TEXT NOT NULL PRIMARY KEY,
    v TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Numbering of own facts. `end_seq`: the last number that counts here, the rest moved to a newer
-- epoch; -1 while the epoch is not closed. `acked` and `durable`: as the core said.
CREATE TABLE epoch(
    epoch INTEGER NOT NULL PRIMARY KEY,
    end_seq INTEGER NOT NULL,
    acked INTEGER NOT NULL,
    durable INTEGER NOT NULL
) STRICT;

-- When (by the core's clock) the core had acknowledged how much: the age of a fact for retention.
CREATE TABLE ack_mark(
    epoch INTEGER NOT NULL,
    through INTEGER NOT NULL,
    server_ms INTEGER NOT NULL,
    PRIMARY KEY(epoch, through)
) STRICT, WITHOUT ROWID;

-- Own facts, as sent. `bytes` is never changed after the commit that wrote it.
CREATE TABLE outbox(
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
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_outcome ON outbox(outcome, epoch, seq) WHERE outcome <> '';

-- Streams of the core. `pos`: what the base shows; `next_pos`: with what is staged.
-- `state`: boot (rows come in pages), live. `staged`: 1 while rows wait in `stage`.
CREATE TABLE cursor(
    stream TEXT NOT NULL PRIMARY KEY,
    state TEXT NOT NULL,
    pos INTEGER NOT NULL,
    next_pos INTEGER NOT NULL,
    boot_pos INTEGER NOT NULL,
    boot_after TEXT NOT NULL,
    whole INTEGER NOT NULL,
    live INTEGER NOT NULL,
    sum INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The core's rows as they came.
CREATE TABLE base(
    stream TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    pos INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY(stream, kind, id)
) STRICT, WITHOUT ROWID;

-- Rows that may not be shown before every stream is complete. body '' = tombstone.
CREATE TABLE stage(
    stream TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    pos INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY(stream, kind, id)
) STRICT, WITHOUT ROWID;

-- Projections of base: what the floor looks up. Can be rebuilt from base at any time.
CREATE TABLE p_item(
    id TEXT NOT NULL PRIMARY KEY,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE p_barcode(
    code TEXT NOT NULL PRIMARY KEY,
    item TEXT NOT NULL,
    qty INTEGER NOT NULL,
    unit TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX p_barcode_item ON p_barcode(item);

CREATE TABLE p_location(
    id TEXT NOT NULL PRIMARY KEY,
    code TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX p_location_code ON p_location(code);

CREATE TABLE p_stock(
    location TEXT NOT NULL,
    item TEXT NOT NULL,
    lot TEXT NOT NULL,
    serial TEXT NOT NULL,
    handling_unit TEXT NOT NULL,
    status TEXT NOT NULL,
    qty INTEGER NOT NULL,
    expiry TEXT NOT NULL,
    PRIMARY KEY(location, item, lot, serial, handling_unit, status)
) STRICT, WITHOUT ROWID;
CREATE INDEX p_stock_unit ON p_stock(handling_unit) WHERE handling_unit <> '';
CREATE INDEX p_stock_serial ON p_stock(serial, item) WHERE serial <> '';
CREATE INDEX p_stock_lot ON p_stock(lot, item) WHERE lot <> '';

CREATE TABLE p_handling_unit(
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    location TEXT NOT NULL,
    for_order TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX p_handling_unit_order ON p_handling_unit(for_order, kind);

CREATE TABLE p_operator(
    id TEXT NOT NULL PRIMARY KEY,
    badge_hash TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX p_operator_badge ON p_operator(badge_hash);

CREATE TABLE p_task(
    id TEXT NOT NULL PRIMARY KEY,
    state TEXT NOT NULL,
    holder TEXT NOT NULL,
    device TEXT NOT NULL,
    priority INTEGER NOT NULL,
    cutoff_ms INTEGER NOT NULL,
    zone TEXT NOT NULL,
    released_ms INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX p_task_state ON p_task(state, priority);

CREATE TABLE p_line(
    id TEXT NOT NULL PRIMARY KEY,
    task TEXT NOT NULL,
    seq INTEGER NOT NULL,
    state TEXT NOT NULL,
    qty INTEGER NOT NULL,
    picked INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX p_line_task ON p_line(task, seq, state, qty, picked);

CREATE TABLE p_exception(
    id TEXT NOT NULL PRIMARY KEY,
    state TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX p_exception_state ON p_exception(state);

CREATE TABLE p_settings(
    id TEXT NOT NULL PRIMARY KEY,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Overlay: effects of own facts that the base does not contain yet. `n` orders them in a fact.
CREATE TABLE ov_stock(
    location TEXT NOT NULL,
    item TEXT NOT NULL,
    lot TEXT NOT NULL,
    serial TEXT NOT NULL,
    handling_unit TEXT NOT NULL,
    status TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    n INTEGER NOT NULL,
    delta INTEGER NOT NULL,
    expiry TEXT NOT NULL,
    PRIMARY KEY(location, item, lot, serial, handling_unit, status, epoch, seq, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX ov_stock_unit ON ov_stock(handling_unit) WHERE handling_unit <> '';
CREATE INDEX ov_stock_serial ON ov_stock(serial, item) WHERE serial <> '';
CREATE INDEX ov_stock_lot ON ov_stock(lot, item) WHERE lot <> '';

CREATE TABLE ov_line(
    task TEXT NOT NULL,
    line TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    picked INTEGER NOT NULL,
    short INTEGER NOT NULL,
    PRIMARY KEY(task, line, epoch, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE ov_task(
    task TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    state TEXT NOT NULL,
    holder TEXT NOT NULL,
    PRIMARY KEY(task, epoch, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE ov_slot(
    task TEXT NOT NULL,
    slot INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    tote TEXT NOT NULL,
    PRIMARY KEY(task, slot, epoch, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE ov_handling_unit(
    id TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    sets_order INTEGER NOT NULL,
    for_order TEXT NOT NULL,
    sets_location INTEGER NOT NULL,
    location TEXT NOT NULL,
    PRIMARY KEY(id, epoch, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX ov_handling_unit_order ON ov_handling_unit(for_order) WHERE for_order <> '';

-- Wrong PINs survive a restart.
CREATE TABLE login_guard(
    operator TEXT NOT NULL PRIMARY KEY,
    fails INTEGER NOT NULL,
    boot_id TEXT NOT NULL,
    since_ms INTEGER NOT NULL,
    locked_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The step the app is on, one row.
CREATE TABLE app_state(
    id INTEGER NOT NULL PRIMARY KEY CHECK(id = 1),
    body TEXT NOT NULL
) STRICT;

-- Text size, hand, colours, language of an operator; '' = of the station.
CREATE TABLE pref(
    operator TEXT NOT NULL PRIMARY KEY,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Every scan, accepted or refused.
CREATE TABLE scan_log(
    id INTEGER NOT NULL PRIMARY KEY,
    at TEXT NOT NULL,
    mono_ms INTEGER NOT NULL,
    boot_id TEXT NOT NULL,
    raw BLOB NOT NULL,
    symbology TEXT NOT NULL,
    source TEXT NOT NULL,
    step TEXT NOT NULL,
    accepted INTEGER NOT NULL,
    reason TEXT NOT NULL,
    decision TEXT NOT NULL,
    operator TEXT NOT NULL,
    signin TEXT NOT NULL,
    task TEXT NOT NULL
) STRICT;
CREATE INDEX scan_log_refused ON scan_log(signin, id) WHERE accepted = 0;
