package io.aerodb.storage.object;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.RawHttp;
import io.aerodb.storage.harness.SharedGateway;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** {@code Expect: 100-continue}: the body is asked for only when everything that can be known before it is known. */
class ContinueIT {

    private final Gateway gateway = SharedGateway.get();
    private final String user = Names.user();
    private final Api api = gateway.asUser(user);
    private final String bucket = api.newBucket("private");

    @Test
    void anUploadThatMayBeginIsAskedForItsBody() throws IOException {
        try (RawHttp connection = asking(gateway.tokens().user(user), bucket)) {
            assertThat(connection.answer()).hasStatus(100);
            connection.write(Bytes.of("12345"));
            assertThat(connection.answer()).hasStatus(201);
        }
        assertThat(api.download(bucket, "file")).hasBody(Bytes.of("12345"));
    }

    @Test
    void aBadTokenIsToldInsteadOf100() throws IOException {
        try (RawHttp connection = asking(gateway.tokens().expired(user), bucket)) {
            assertThat(connection.answer()).isUnauthorized();
        }
    }

    @Test
    void aCallerWithoutTheRightIsToldInsteadOf100() throws IOException {
        try (RawHttp connection = asking(gateway.tokens().user(Names.user()), bucket)) {
            assertThat(connection.answer()).isRefused(403, "AccessDenied");
        }
    }

    @Test
    void aMissingBucketIsToldInsteadOf100() throws IOException {
        try (RawHttp connection = asking(gateway.tokens().user(user), Names.bucket("missing"))) {
            assertThat(connection.answer()).isRefused(404, "NoSuchBucket");
        }
    }

    @Test
    void anExistingObjectIsToldInsteadOf100() throws IOException {
        api.upload(bucket, "file", new byte[1]).expect(201);

        try (RawHttp connection = asking(gateway.tokens().user(user), bucket, "x-upsert: false")) {
            assertThat(connection.answer()).isRefused(409, "KeyAlreadyExists");
        }
        try (RawHttp connection = asking(gateway.tokens().user(user), bucket, "If-None-Match: *")) {
            assertThat(connection.answer()).isRefused(412, "PreconditionFailed");
        }
    }

    @Test
    void silenceAfter100LeavesNothingVisible() throws IOException {
        try (RawHttp connection = asking(gateway.tokens().user(user), bucket)) {
            assertThat(connection.answer()).hasStatus(100);
            assertThat(api.download(bucket, "file")).hasStatus(404);
        }
        io.aerodb.storage.harness.Leftovers.in(gateway, bucket).vanishWithEveryBlob();
    }

    @Test
    void aRefusedUploadEndsItsConnectionSinceItsBodyIsNotRead() throws IOException {
        try (RawHttp connection = asking(gateway.tokens().user(Names.user()), bucket)) {
            assertThat(connection.answer()).hasHeader("Connection", "close");
            assertThat(connection.closedByServer()).isTrue();
        }
    }

    private RawHttp asking(String token, String into, String... moreHeaders) throws IOException {
        String[] headers = java.util.Arrays.copyOf(moreHeaders, moreHeaders.length + 3);
        headers[moreHeaders.length] = "Authorization: Bearer " + token;
        headers[moreHeaders.length + 1] = "Content-Length: 5";
        headers[moreHeaders.length + 2] = "Expect: 100-continue";
        return RawHttp.open(gateway.port()).request("POST /storage/v1/object/" + into + "/file HTTP/1.1", headers);
    }
}
