import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * The last word of a build: how many tests ran, and each that did not, with its reason. Arguments: when the build began, then
 * the modules' directories. Reports that are older are of another build.
 */
final class SkippedTests {
    private SkippedTests() {}

    public static void main(String[] arguments) throws Exception {
        Instant begin = Instant.parse(arguments[0]);
        int tests = 0;
        TreeMap<String, String> skipped = new TreeMap<>();
        for (int i = 1; i < arguments.length; i++) {
            for (String reports : new String[] {"surefire-reports", "failsafe-reports"}) {
                tests += read(Path.of(arguments[i], "target", reports), begin, skipped);
            }
        }
        if (tests == 0) {
            System.out.println("no test was run");
            return;
        }
        System.out.println(tests + " tests, " + (skipped.isEmpty() ? "none" : skipped.size()) + " skipped"
                + (skipped.isEmpty() ? "" : ":"));
        skipped.forEach((test, reason) -> System.out.println("  " + test + ": " + reason));
    }

    private static int read(Path reports, Instant begin, TreeMap<String, String> skipped) throws Exception {
        if (!Files.isDirectory(reports)) {
            return 0;
        }
        int tests = 0;
        for (Path file : files(reports, begin)) {
            NodeList cases = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(file.toFile())
                    .getElementsByTagName("testcase");
            tests += cases.getLength();
            for (int i = 0; i < cases.getLength(); i++) {
                Element test = (Element) cases.item(i);
                NodeList skip = test.getElementsByTagName("skipped");
                if (skip.getLength() > 0) {
                    // A class that is skipped as a whole has no name of a test.
                    String name = test.getAttribute("name");
                    skipped.put(
                            test.getAttribute("classname") + (name.isEmpty() ? "" : "." + name),
                            reason((Element) skip.item(0)));
                }
            }
        }
        return tests;
    }

    /** Of an annotation the message; of an assumption the first line of what it threw. */
    private static String reason(Element skip) {
        String message = skip.getAttribute("message");
        String text = message.isBlank() ? skip.getTextContent() : message;
        String first = text.strip().lines().findFirst().orElse("no reason is given");
        return first.replaceFirst("^([\\w.]+Exception: )?(Assumption failed: )?", "");
    }

    private static List<Path> files(Path reports, Instant begin) throws IOException {
        List<Path> ofThisBuild = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(reports, "TEST-*.xml")) {
            for (Path file : files) {
                if (!Files.getLastModifiedTime(file).toInstant().isBefore(begin)) {
                    ofThisBuild.add(file);
                }
            }
        }
        return ofThisBuild;
    }
}
