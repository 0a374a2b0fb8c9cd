import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The last word of a build: how many tests ran, and each that did not, with its reason. Arguments: module directories. */
final class SkippedTests {
    private SkippedTests() {}

    public static void main(String[] modules) throws Exception {
        int tests = 0;
        TreeMap<String, String> skipped = new TreeMap<>();
        for (String module : modules) {
            for (String reports : new String[] {"surefire-reports", "failsafe-reports"}) {
                tests += read(Path.of(module, "target", reports), skipped);
            }
        }
        System.out.println(tests + " tests, " + (skipped.isEmpty() ? "none" : skipped.size()) + " skipped"
                + (skipped.isEmpty() ? "" : ":"));
        skipped.forEach((test, reason) -> System.out.println("  " + test + ": " + reason));
    }

    private static int read(Path reports, TreeMap<String, String> skipped) throws Exception {
        if (!Files.isDirectory(reports)) {
            return 0;
        }
        int tests = 0;
        for (Path file : files(reports)) {
            NodeList cases = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(file.toFile())
                    .getElementsByTagName("testcase");
            tests += cases.getLength();
            for (int i = 0; i < cases.getLength(); i++) {
                Element test = (Element) cases.item(i);
                NodeList skip = test.getElementsByTagName("skipped");
                if (skip.getLength() > 0) {
                    skipped.put(
                            test.getAttribute("classname") + "." + test.getAttribute("name"),
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
        return first.replaceFirst("^[\\w.]+Exception: (Assumption failed: )?", "");
    }

    private static Iterable<Path> files(Path reports) throws IOException {
        try (Stream<Path> files = Files.list(reports)) {
            return files.filter(file -> file.getFileName().toString().matches("TEST-.*\\.xml"))
                    .sorted()
                    .toList();
        }
    }
}
