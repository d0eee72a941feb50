package io.aerodb.storage.gateway.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RouteOperationsTest {

    /** Without one its lines, spans and audit would call it other. */
    @Test
    void everyRouteSaysWhichOperationItIs() {
        assertThat(Routes.withoutOperation()).isEmpty();
    }
}
