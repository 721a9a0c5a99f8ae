-- What comes back, and what follows from it.

-- A return that was announced. order_id: '' = of no order that is known.
CREATE TABLE rma (
  warehouse_id {int} NOT NULL, id {text} NOT NULL, order_id {text} NOT NULL, channel {text} NOT NULL,
  state {text} NOT NULL, note {text} NOT NULL, body_hash {text} NOT NULL, created_ms {int} NOT NULL,
  changed_ms {int} NOT NULL,
  PRIMARY KEY (warehouse_id, id)
) {strict};
CREATE INDEX rma_order ON rma (warehouse_id, order_id);

-- came: units that were inspected for it and count.
CREATE TABLE rma_line (
  warehouse_id {int} NOT NULL, rma {text} NOT NULL, n {int} NOT NULL, order_line {text} NOT NULL,
  item {text} NOT NULL, qty {int} NOT NULL CHECK (qty > 0), came {int} NOT NULL, reason {text} NOT NULL,
  words {text} NOT NULL,
  PRIMARY KEY (warehouse_id, rma, n)
) {strict};

-- What one person inspects of a return, from its opening on.
CREATE TABLE inspection (
  warehouse_id {int} NOT NULL, id {text} NOT NULL, rma {text} NOT NULL, order_id {text} NOT NULL,
  location {text} NOT NULL, device {text} NOT NULL, operator {text} NOT NULL, opened_ms {int} NOT NULL,
  PRIMARY KEY (warehouse_id, id)
) {strict};

-- Every ReturnInspected. excess: units of it beyond what was shipped; they do not count. asked: the disposition
-- that the fact says; disposition: what the units got. answers, photos: JSON. approved: rules that supervisors set
-- aside, codes separated by commas.
CREATE TABLE returned (
  warehouse_id {int} NOT NULL, device {text} NOT NULL, epoch {int} NOT NULL, seq {int} NOT NULL,
  inspection {text} NOT NULL, rma {text} NOT NULL, order_id {text} NOT NULL, order_line {text} NOT NULL,
  item {text} NOT NULL, lot {text} NOT NULL, serial {text} NOT NULL, qty {int} NOT NULL CHECK (qty > 0),
  excess {int} NOT NULL, grade {text} NOT NULL, reason {text} NOT NULL, answers {text} NOT NULL,
  asked {text} NOT NULL, disposition {text} NOT NULL, grams {int} NOT NULL, photos {text} NOT NULL,
  location {text} NOT NULL, handling_unit {text} NOT NULL, approved {text} NOT NULL, operator {text} NOT NULL,
  at_ms {int} NOT NULL,
  PRIMARY KEY (warehouse_id, device, epoch, seq)
) {strict};
CREATE INDEX returned_at ON returned (warehouse_id, at_ms, device, epoch, seq);
CREATE INDEX returned_line ON returned (warehouse_id, order_line);
CREATE INDEX returned_rma ON returned (warehouse_id, rma);

-- Dispositions that somebody with the role chose. Each backs one inspection; used_seq 0 = none yet.
CREATE TABLE overridden (
  warehouse_id {int} NOT NULL, device {text} NOT NULL, epoch {int} NOT NULL, seq {int} NOT NULL,
  inspection {text} NOT NULL, item {text} NOT NULL, qty {int} NOT NULL, proposed {text} NOT NULL,
  chosen {text} NOT NULL, by_operator {text} NOT NULL, reason {text} NOT NULL, used_epoch {int} NOT NULL,
  used_seq {int} NOT NULL,
  PRIMARY KEY (warehouse_id, device, epoch, seq)
) {strict};
CREATE INDEX overridden_inspection ON overridden (warehouse_id, inspection);

-- One for each inspected fact that names an order line. reason: why it is held or refused, '' = it is neither.
CREATE TABLE refund (
  warehouse_id {int} NOT NULL, id {text} NOT NULL, device {text} NOT NULL, epoch {int} NOT NULL,
  seq {int} NOT NULL, inspection {text} NOT NULL, rma {text} NOT NULL, order_id {text} NOT NULL,
  order_line {text} NOT NULL, item {text} NOT NULL, qty {int} NOT NULL, amount_minor {int} NOT NULL,
  state {text} NOT NULL, reason {text} NOT NULL, operator {text} NOT NULL, at_ms {int} NOT NULL,
  decided_ms {int} NOT NULL, decided_by {text} NOT NULL, role {text} NOT NULL, note {text} NOT NULL,
  PRIMARY KEY (warehouse_id, id)
) {strict};
CREATE UNIQUE INDEX refund_fact ON refund (warehouse_id, device, epoch, seq);
CREATE INDEX refund_at ON refund (warehouse_id, at_ms, id);

-- Goods that the supplier is asked to make good. amount_minor: what they are worth.
CREATE TABLE vendor_claim (
  warehouse_id {int} NOT NULL, id {text} NOT NULL, device {text} NOT NULL, epoch {int} NOT NULL,
  seq {int} NOT NULL, supplier {text} NOT NULL, item {text} NOT NULL, lot {text} NOT NULL, serial {text} NOT NULL,
  qty {int} NOT NULL CHECK (qty > 0), amount_minor {int} NOT NULL, reason {text} NOT NULL, state {text} NOT NULL,
  at_ms {int} NOT NULL, changed_ms {int} NOT NULL, changed_by {text} NOT NULL, note {text} NOT NULL,
  PRIMARY KEY (warehouse_id, id)
) {strict};
CREATE UNIQUE INDEX vendor_claim_fact ON vendor_claim (warehouse_id, device, epoch, seq);
CREATE INDEX vendor_claim_at ON vendor_claim (warehouse_id, at_ms, id);
CREATE INDEX receipt_line_item ON receipt_line (warehouse_id, item, lot);

-- Policies that were replaced; a device that was offline judged by one of them.
CREATE TABLE return_policy_past (
  warehouse_id {int} NOT NULL, n {int} NOT NULL, body {text} NOT NULL, replaced_ms {int} NOT NULL,
  PRIMARY KEY (warehouse_id, n)
) {strict};

-- shown: 1 = devices have its row.
ALTER TABLE shipped ADD COLUMN shown {int} NOT NULL DEFAULT 1;
CREATE INDEX shipped_shown ON shipped (warehouse_id, shipped_ms) WHERE shown = 1;

-- epoch, seq: of its PhotoTaken; 0 = not known. exception: opened since the picture did not come, '' = none.
ALTER TABLE photo ADD COLUMN epoch {int} NOT NULL DEFAULT 0;
ALTER TABLE photo ADD COLUMN seq {int} NOT NULL DEFAULT 0;
ALTER TABLE photo ADD COLUMN exception {text} NOT NULL DEFAULT '';
CREATE INDEX photo_awaited ON photo (warehouse_id, taken_ms) WHERE stored_ms = 0;
