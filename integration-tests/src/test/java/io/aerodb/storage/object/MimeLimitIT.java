package io.aerodb.storage.object;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Leftovers;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.RawHttp;
import io.aerodb.storage.harness.SharedGateway;
import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MimeLimitIT {

    private static final byte[] CONTENT = Bytes.of("content");

    private final Gateway gateway = SharedGateway.get();
    private final String user = Names.user();
    private final Api api = gateway.asUser(user);
    private final String bucket = Names.bucket("pictures");

    @BeforeEach
    void bucketForPicturesAndDocuments() {
        api.createBucket("{\"name\": \"%s\", \"allowed_mime_types\": [\"image/*\", \"Application/PDF\"]}"
                        .formatted(bucket))
                .expect(201);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "image/png",
                "IMAGE/PNG",
                "image/svg+xml",
                "image/png; charset=binary",
                "image/png;q=\"a;b\"",
                "application/pdf",
                "APPLICATION/PDF ; version=2"
            })
    void allowedTypesPassWhateverTheirCaseAndParameters(String contentType) {
        assertThat(api.upload(bucket, "file", CONTENT, "Content-Type", contentType))
                .hasStatus(201);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "image",
                "images/png",
                "ximage/png",
                "application/pdfx",
                "text/plain; image/png",
                "text/plain, image/png",
                "*/*",
                "application/octet-stream"
            })
    void otherTypesAreRefusedAndLeaveNothing(String contentType) {
        Answer answer = api.upload(bucket, "file", CONTENT, "Content-Type", contentType);

        assertThat(answer.status()).as("%s", answer).isIn(415, 400);
        if (answer.status() == 415) {
            assertThat(answer).isRefused(415, "InvalidMimeType");
            assertThat(answer.field("error")).isEqualTo("invalid_mime_type");
        }
        assertThat(api.download(bucket, "file")).hasStatus(404);
        Leftovers.in(gateway, bucket).vanishWithEveryBlob();
    }

    @Test
    void contentWithoutATypeIsNoPicture() {
        assertThat(api.upload(bucket, "file", CONTENT)).isRefused(415, "InvalidMimeType");
    }

    @Test
    void theFamilyStarIsNoTypeOfContent() {
        assertThat(api.upload(bucket, "file", CONTENT, "Content-Type", "image/*")
                        .status())
                .isIn(400, 415);
    }

    @Test
    void theTypeIsRefusedBeforeTheBodyIsAskedFor() throws IOException {
        try (RawHttp connection = RawHttp.open(gateway.port())) {
            connection.request(
                    "POST /storage/v1/object/" + bucket + "/file HTTP/1.1",
                    "Authorization: Bearer " + gateway.tokens().user(user),
                    "Content-Type: text/plain",
                    "Content-Length: 1000000",
                    "Expect: 100-continue");

            assertThat(connection.answer()).isRefused(415, "InvalidMimeType");
        }
    }
}
