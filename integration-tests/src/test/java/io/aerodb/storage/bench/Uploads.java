package io.aerodb.storage.bench;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/** Each request makes a new object. Each round has a bucket of its own, whose files are dropped at its end. */
final class Uploads implements Work {

    private static final AtomicLong BUCKETS = new AtomicLong();
    private static final String BOUNDARY = "------------------------bench";

    /** Makes the upload of this number in a bucket. */
    @FunctionalInterface
    private interface Upload {
        Request to(String bucket, long number);
    }

    private final Target target;
    private final Upload upload;
    private volatile String bucket = "";

    private Uploads(Target target, Upload upload) {
        this.target = target;
        this.upload = upload;
    }

    static Uploads plain(Contestant contestant, Line line) {
        Target target = contestant.target();
        Body body = Body.ofSize(line.bytes());
        return new Uploads(target, (bucket, number) -> target.request("PUT", bucket, "folder/" + number)
                .sending(body));
    }

    /** As a browser sends it. */
    static Uploads form(Contestant contestant, Line line) {
        Target target = contestant.target();
        Body body = Body.of("--" + BOUNDARY + "\r\n"
                + "Content-Disposition: form-data; name=\"cacheControl\"\r\n\r\n3600\r\n--" + BOUNDARY + "\r\n"
                + "Content-Disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\n"
                + "Content-Type: application/octet-stream\r\n\r\n" + "x".repeat((int) line.bytes()) + "\r\n--"
                + BOUNDARY
                + "--\r\n");
        return new Uploads(target, (bucket, number) -> target.request("POST", bucket, "folder/" + number)
                .with("Content-Type: multipart/form-data; boundary=" + BOUNDARY)
                .sending(body));
    }

    @Override
    public void begin() throws IOException {
        bucket = "uploads-" + BUCKETS.incrementAndGet();
        target.createBucket(bucket, false);
    }

    @Override
    public Request next(long number) {
        return upload.to(bucket, number);
    }

    @Override
    public void end(long count) throws IOException {
        target.drop(bucket, count);
    }
}
