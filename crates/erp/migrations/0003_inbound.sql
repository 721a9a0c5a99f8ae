-- Purchase orders, what suppliers announce of them, and what was received.

CREATE TABLE purchase_order (
  warehouse_id {int} NOT NULL, id {text} NOT NULL, supplier {text} NOT NULL, state {text} NOT NULL,
  created_ms {int} NOT NULL,
  PRIMARY KEY (warehouse_id, id)
) {strict};

-- over_percent: below 0 = the site's. received and damaged are the sums over the lines of its deliveries.
CREATE TABLE purchase_order_line (
  warehouse_id {int} NOT NULL, id {text} NOT NULL, order_id {text} NOT NULL, line_no {int} NOT NULL,
  item {text} NOT NULL, ordered {int} NOT NULL CHECK (ordered > 0), received {int} NOT NULL,
  damaged {int} NOT NULL, over_percent {int} NOT NULL, min_shelf_days {int} NOT NULL, state {text} NOT NULL,
  PRIMARY KEY (warehouse_id, id)
) {strict};
CREATE INDEX purchase_order_line_order ON purchase_order_line (warehouse_id, order_id, line_no);

-- orders: identifiers of purchase orders, separated by commas.
CREATE TABLE delivery (
  warehouse_id {int} NOT NULL, id {text} NOT NULL, supplier {text} NOT NULL, orders {text} NOT NULL,
  door {text} NOT NULL, due_ms {int} NOT NULL, pallets {int} NOT NULL, lines {int} NOT NULL,
  state {text} NOT NULL,
  PRIMARY KEY (warehouse_id, id)
) {strict};
CREATE INDEX delivery_state ON delivery (warehouse_id, state, id);

-- received counts every unit that came for the line; damaged those of them that were damaged.
CREATE TABLE delivery_line (
  warehouse_id {int} NOT NULL, id {text} NOT NULL, delivery {text} NOT NULL, seq {int} NOT NULL,
  order_id {text} NOT NULL, order_line {text} NOT NULL, item {text} NOT NULL,
  ordered {int} NOT NULL CHECK (ordered > 0), received {int} NOT NULL, damaged {int} NOT NULL,
  over_percent {int} NOT NULL, min_shelf_days {int} NOT NULL, lot {text} NOT NULL, state {text} NOT NULL,
  PRIMARY KEY (warehouse_id, id)
) {strict};
CREATE INDEX delivery_line_delivery ON delivery_line (warehouse_id, delivery, seq);
CREATE INDEX delivery_line_order ON delivery_line (warehouse_id, order_id);
CREATE INDEX delivery_line_item ON delivery_line (warehouse_id, item, state);

CREATE TABLE announced (
  warehouse_id {int} NOT NULL, id {text} NOT NULL, unit {text} NOT NULL, delivery {text} NOT NULL,
  line {text} NOT NULL, item {text} NOT NULL, lot {text} NOT NULL, expiry {text} NOT NULL,
  qty {int} NOT NULL CHECK (qty > 0),
  PRIMARY KEY (warehouse_id, id)
) {strict};
CREATE INDEX announced_delivery ON announced (warehouse_id, delivery);

-- What one device receives of a delivery. delivery: '' = blind.
CREATE TABLE receipt (
  warehouse_id {int} NOT NULL, id {text} NOT NULL, delivery {text} NOT NULL, location {text} NOT NULL,
  device {text} NOT NULL, operator {text} NOT NULL, state {text} NOT NULL, complete {int} NOT NULL,
  opened_ms {int} NOT NULL, closed_ms {int} NOT NULL,
  PRIMARY KEY (warehouse_id, id)
) {strict};
CREATE INDEX receipt_delivery ON receipt (warehouse_id, delivery, state);

-- What each fact brought, by serial number and status. in-transit until the receipt is closed. Rows of
-- an undone fact stay and count no more. line: '' = nobody asked for it.
CREATE TABLE receipt_line (
  warehouse_id {int} NOT NULL, src_device {text} NOT NULL, src_epoch {int} NOT NULL, src_seq {int} NOT NULL,
  n {int} NOT NULL, receipt {text} NOT NULL, line {text} NOT NULL, item {text} NOT NULL, lot {text} NOT NULL,
  serial {text} NOT NULL, location {text} NOT NULL, handling_unit {text} NOT NULL,
  qty {int} NOT NULL CHECK (qty > 0), status {text} NOT NULL, undone {int} NOT NULL,
  PRIMARY KEY (warehouse_id, src_device, src_epoch, src_seq, n)
) {strict};
CREATE INDEX receipt_line_receipt ON receipt_line (warehouse_id, receipt);
CREATE INDEX receipt_line_line ON receipt_line (warehouse_id, line);

-- stored_ms: when the picture itself came; 0 = not yet. It is a file named by its hash.
CREATE TABLE photo (
  warehouse_id {int} NOT NULL, id {text} NOT NULL, device {text} NOT NULL, subject {text} NOT NULL,
  purpose {text} NOT NULL, hash {text} NOT NULL, bytes {int} NOT NULL, taken_ms {int} NOT NULL,
  stored_ms {int} NOT NULL,
  PRIMARY KEY (warehouse_id, id)
) {strict};
