package io.aerodb.storage.harness;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A copy of a PostgreSQL made while it worked (PostgreSQL manual, "Making a Base Backup Using the Low Level API"), from which,
 * with the archived log, it can be restored as of any later moment.
 */
public final class BaseBackup {

    private final PostgresServer server;
    private final Database superuser;
    private final Path copy;

    private BaseBackup(PostgresServer server, Database superuser) {
        this.server = server;
        this.superuser = superuser;
        this.copy = server.directory().resolve("copy");
    }

    /** @param meanwhile what happens when the files are copied and the copy is not complete */
    public static BaseBackup of(PostgresServer server, Database any, Runnable meanwhile)
            throws SQLException, IOException, InterruptedException {
        BaseBackup backup = new BaseBackup(server, any);
        try (Connection session = any.connect()) {
            Database.run(session, "SELECT pg_backup_start('test', fast => true)");
            backup.copy();
            meanwhile.run();
            Map<String, Object> end = Database.rows(session, "SELECT labelfile FROM pg_backup_stop()")
                    .get(0);
            Files.writeString(backup.copy.resolve("backup_label"), (String) end.get("labelfile"));
        }
        return backup;
    }

    /** Names this moment, to restore to it. */
    public void mark(String moment) {
        superuser.execute("SELECT pg_create_restore_point(?)", moment);
        String segment = (String) superuser
                .rows("SELECT pg_walfile_name(pg_switch_wal()) AS segment")
                .get(0)
                .get("segment");
        await("the archive").atMost(Duration.ofSeconds(30)).until(() -> archived(segment));
    }

    private boolean archived(String segment) {
        return superuser.count("SELECT count(*) FROM pg_stat_archiver WHERE last_archived_wal >= ?", segment) == 1;
    }

    /** Another server, with all that was committed before this moment and nothing later. The one it is a copy of goes on. */
    public PostgresServer restore(String moment) throws IOException, InterruptedException {
        Path place = server.directory().resolve("restored/postgres");
        PostgresServer.shell(server.directory(), """
                mv copy restored/postgres/data && cp -p superuser-password restored/postgres && ln -s "$PWD"/bin-* restored/postgres
                """);
        return new PostgresServer(
                place,
                List.of(
                        "--restore_command=cp ../../../archive/%f %p",
                        "--recovery_target_name=" + moment, "--recovery_target_action=promote"));
    }

    /** Files may change while they are read: that is 1; all else is a failure. */
    private void copy() throws IOException, InterruptedException {
        PostgresServer.shell(server.directory(), """
                mkdir -m 700 copy restored restored/postgres
                { tar -C data --exclude='./postmaster.*' --exclude='./pg_wal/*' -cf copy.tar . || [ $? = 1 ]; } &&
                tar -C copy -xpf copy.tar && rm copy.tar && touch copy/backup_label copy/recovery.signal &&
                chown --reference=data copy copy/backup_label copy/recovery.signal restored restored/postgres
                """);
    }
}
