package io.aerodb.storage.faults;

import io.aerodb.storage.harness.PostgresServer;
import io.aerodb.storage.harness.StoredInS3;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every fault at every point, on both backends. */
@Tag("slow")
class FullFaultMatrixIT {

    private static PostgresServer server;
    private static FaultMatrix local;
    private static FaultMatrix s3;

    @BeforeAll
    static void start() throws Exception {
        server = PostgresServer.fresh();
        local = new FaultMatrix(server, List.of("--storage.local.enabled=true"));
        s3 = new FaultMatrix(server, StoredInS3.fresh().settings());
    }

    @AfterAll
    static void stop() {
        Stream.of(s3, local, server).filter(java.util.Objects::nonNull).forEach(FullFaultMatrixIT::close);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("localCells")
    void nothingIsLostOrLeftOnDisk(Cell cell) throws Exception {
        local.check(cell);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("s3Cells")
    void nothingIsLostOrLeftInS3(Cell cell) throws Exception {
        s3.check(cell);
    }

    static List<Cell> localCells() {
        return Cell.ofLocal();
    }

    static List<Cell> s3Cells() {
        return Cell.ofS3();
    }

    private static void close(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }
}
