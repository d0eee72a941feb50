package io.aerodb.storage.upgrade;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Bytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Stores small files, old and new ones, and reads some of them back, one request after the other. */
final class SmallFiles implements Load.Client {

    private static final int LARGEST = 40_000;
    private static final int PAUSE_MILLIS = 50;
    private static final byte[] NOTHING = {};

    private final Load load;
    private final String folder;
    private final Random random;
    private final List<String> paths = new ArrayList<>();

    SmallFiles(Load load, int number) {
        this.load = load;
        this.folder = "small-" + number + "/";
        this.random = new Random(number);
    }

    @Override
    public void run() throws IOException {
        try (PatientClient client = load.patientClient()) {
            while (load.goesOn(PAUSE_MILLIS)) {
                write(client);
                read(client);
            }
        }
    }

    private void write(PatientClient client) throws IOException {
        byte[] content = Bytes.random(random, random.nextInt(LARGEST));
        boolean another = paths.isEmpty() || random.nextInt(3) > 0;
        String path = another ? folder + paths.size() : any();
        client.ask("PUT", load.bucket() + "/" + path, content);
        load.acknowledged().stored(path, content);
        if (another) {
            paths.add(path);
        }
    }

    private void read(PatientClient client) throws IOException {
        String path = any();
        Answer answer = client.ask("GET", load.bucket() + "/" + path, NOTHING);
        load.acknowledged().isThere(path, answer.body());
    }

    private String any() {
        return paths.get(random.nextInt(paths.size()));
    }
}
