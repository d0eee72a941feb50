package io.aerodb.storage.architecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;

/** What ships: the compiled classes of all modules, without tests and without what tests share. */
final class Product {

    static final String ROOT = "io.aerodb.storage";

    static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(Product::isNoTestJar)
            .importPackages(ROOT);

    private Product() {}

    private static boolean isNoTestJar(Location location) {
        return !location.contains("-tests.jar");
    }
}
