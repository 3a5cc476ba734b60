package store

import (
	"context"
	"database/sql"

	"github.com/tincan-chat/tincan/backend/node"
)

func (t *transaction) putSelf(self node.Self) error {
	_, err := t.exec(`INSERT INTO self (id, name, color, created, device_list, location_version, record_sequence, server_mode, host_port,
		about, picture, hide_reads, hide_presence, hide_typing, route)
		VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET name=excluded.name, color=excluded.color, created=excluded.created, device_list=excluded.device_list,
		location_version=excluded.location_version, record_sequence=excluded.record_sequence, server_mode=excluded.server_mode, host_port=excluded.host_port,
		about=excluded.about, picture=excluded.picture, hide_reads=excluded.hide_reads,
		hide_presence=excluded.hide_presence, hide_typing=excluded.hide_typing, route=excluded.route`,
		self.Name, int64(self.Color), millis(self.Created), blob(self.DeviceList), int64(self.LocationVersion),
		int64(self.RecordSequence), self.ServerMode, int64(self.HostPort), self.About, blob(self.Picture), flag(self.HideReads),
		flag(self.HidePresence), flag(self.HideTyping), int64(self.Route))
	return err
}

func (s *Store) loadSelf(ctx context.Context) (node.Self, error) {
	kept, err := collect(ctx, s, func(rows *sql.Rows) (self node.Self, err error) {
		var created, location, record int64
		err = rows.Scan(&self.Name, &self.Color, &created, &self.DeviceList, &location, &record, &self.ServerMode, &self.HostPort, &self.About, &self.Picture,
			&self.HideReads, &self.HidePresence, &self.HideTyping, &self.Route)
		self.Created = moment(created)
		self.LocationVersion, self.RecordSequence = uint64(location), uint64(record)
		return self, err
	}, `SELECT name, color, created, device_list, location_version, record_sequence, server_mode, host_port, about, picture,
		hide_reads, hide_presence, hide_typing, route FROM self`)
	if err != nil || len(kept) == 0 {
		return node.Self{}, err
	}
	return kept[0], nil
}
