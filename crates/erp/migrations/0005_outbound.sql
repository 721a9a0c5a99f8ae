-- What leaves: sizes of items, slots with places of their own.

ALTER TABLE item ADD COLUMN length_mm {int} NOT NULL DEFAULT 0;
ALTER TABLE item ADD COLUMN width_mm {int} NOT NULL DEFAULT 0;
ALTER TABLE item ADD COLUMN height_mm {int} NOT NULL DEFAULT 0;
ALTER TABLE item ADD COLUMN piece_min_grams {int} NOT NULL DEFAULT 0;
ALTER TABLE item ADD COLUMN piece_max_grams {int} NOT NULL DEFAULT 0;
ALTER TABLE item ADD COLUMN hygiene {int} NOT NULL DEFAULT 0;

-- Where this tote goes; empty = where the others of its task go.
ALTER TABLE task_slot ADD COLUMN drop_off {text} NOT NULL DEFAULT '';

-- channel, country: what carriers are chosen by; '' = not said. partial: allow, ask or never. held: 1 = nothing of
-- it may leave. pack_task: the open one, '' = none. shown: 1 = devices have its pack-order row.
ALTER TABLE customer_order ADD COLUMN channel {text} NOT NULL DEFAULT '';
ALTER TABLE customer_order ADD COLUMN country {text} NOT NULL DEFAULT '';
ALTER TABLE customer_order ADD COLUMN partial {text} NOT NULL DEFAULT 'ask';
ALTER TABLE customer_order ADD COLUMN held {int} NOT NULL DEFAULT 0;
ALTER TABLE customer_order ADD COLUMN hold_note {text} NOT NULL DEFAULT '';
ALTER TABLE customer_order ADD COLUMN carrier {text} NOT NULL DEFAULT '';
ALTER TABLE customer_order ADD COLUMN service {text} NOT NULL DEFAULT '';
ALTER TABLE customer_order ADD COLUMN dock {text} NOT NULL DEFAULT '';
ALTER TABLE customer_order ADD COLUMN pack_task {text} NOT NULL DEFAULT '';
ALTER TABLE customer_order ADD COLUMN shown {int} NOT NULL DEFAULT 0;

-- picked counts every unit that ever went into a tote and was not taken back; put_back those of them that went
-- back into stock; qty = allocated + (picked - put_back) + backordered + what is not decided yet.
ALTER TABLE order_line ADD COLUMN put_back {int} NOT NULL DEFAULT 0;
ALTER TABLE order_line ADD COLUMN packed {int} NOT NULL DEFAULT 0;
ALTER TABLE order_line ADD COLUMN shipped {int} NOT NULL DEFAULT 0;

-- What was picked of an order line and not put back, by the tote it was picked or sorted into. It stays when the
-- units are packed: see carton_line.tote.
CREATE TABLE order_pick (
  warehouse_id {int} NOT NULL, order_line {text} NOT NULL, lot {text} NOT NULL, serial {text} NOT NULL,
  handling_unit {text} NOT NULL, order_id {text} NOT NULL, item {text} NOT NULL, qty {int} NOT NULL,
  grams {int} NOT NULL,
  PRIMARY KEY (warehouse_id, order_line, lot, serial, handling_unit)
) {strict};
CREATE INDEX order_pick_order ON order_pick (warehouse_id, order_id);
CREATE INDEX order_pick_unit ON order_pick (warehouse_id, handling_unit);

-- carriers: codes separated by commas, '' = all.
CREATE TABLE carton_type (
  warehouse_id {int} NOT NULL, id {text} NOT NULL, name {text} NOT NULL, length_mm {int} NOT NULL,
  width_mm {int} NOT NULL, height_mm {int} NOT NULL, max_grams {int} NOT NULL, tare_grams {int} NOT NULL,
  carriers {text} NOT NULL,
  PRIMARY KEY (warehouse_id, id)
) {strict};

-- grams 0 = not weighed since it was opened last. labels: how many it was ever given. Its handling unit has the
-- same id.
CREATE TABLE carton (
  warehouse_id {int} NOT NULL, id {text} NOT NULL, order_id {text} NOT NULL, shipment {text} NOT NULL,
  carton_type {text} NOT NULL, state {text} NOT NULL, grams {int} NOT NULL, copies {int} NOT NULL,
  labels {int} NOT NULL, carrier {text} NOT NULL, tracking {text} NOT NULL, zpl {text} NOT NULL,
  opened_ms {int} NOT NULL, shipped_ms {int} NOT NULL,
  PRIMARY KEY (warehouse_id, id)
) {strict};
CREATE INDEX carton_order ON carton (warehouse_id, order_id, id);
CREATE INDEX carton_shipment ON carton (warehouse_id, shipment);

-- What the facts put into a carton and did not take out. tote: the handling unit they came in, '' = loose.
CREATE TABLE carton_line (
  warehouse_id {int} NOT NULL, carton {text} NOT NULL, order_line {text} NOT NULL, item {text} NOT NULL,
  lot {text} NOT NULL, serial {text} NOT NULL, tote {text} NOT NULL, qty {int} NOT NULL,
  PRIMARY KEY (warehouse_id, carton, order_line, item, lot, serial, tote)
) {strict};
CREATE INDEX carton_line_line ON carton_line (warehouse_id, order_line);

-- What leaves together of an order. finished: 1 = nothing more goes into it.
CREATE TABLE shipment (
  warehouse_id {int} NOT NULL, id {text} NOT NULL, order_id {text} NOT NULL, n {int} NOT NULL,
  carrier {text} NOT NULL, service {text} NOT NULL, state {text} NOT NULL, finished {int} NOT NULL,
  opened_ms {int} NOT NULL, shipped_ms {int} NOT NULL,
  PRIMARY KEY (warehouse_id, id)
) {strict};
CREATE INDEX shipment_order ON shipment (warehouse_id, order_id, n);

-- What left, by order line, carton, lot and serial. returned: units that came back.
CREATE TABLE shipped (
  warehouse_id {int} NOT NULL, id {text} NOT NULL, order_id {text} NOT NULL, order_line {text} NOT NULL,
  carton {text} NOT NULL, tracking {text} NOT NULL, item {text} NOT NULL, lot {text} NOT NULL,
  serial {text} NOT NULL, qty {int} NOT NULL CHECK (qty > 0), returned {int} NOT NULL,
  unit_grams {int} NOT NULL, value_minor {int} NOT NULL, channel {text} NOT NULL, shipped_ms {int} NOT NULL,
  PRIMARY KEY (warehouse_id, id)
) {strict};
CREATE INDEX shipped_order ON shipped (warehouse_id, order_id);
CREATE INDEX shipped_carton ON shipped (warehouse_id, carton);
CREATE INDEX shipped_serial ON shipped (warehouse_id, item, serial) WHERE serial <> '';

CREATE INDEX adapter_queue_state ON adapter_queue (state, next_at);

-- What stands with an order, and what is to be done with a handling unit.
CREATE INDEX handling_unit_order ON handling_unit (warehouse_id, order_id);
CREATE INDEX task_line_unit ON task_line (warehouse_id, handling_unit, state);
