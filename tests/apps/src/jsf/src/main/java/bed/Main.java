package bed;

import java.io.File;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.webresources.DirResourceSet;
import org.apache.catalina.webresources.StandardRoot;

/** Serves the pages of the test bed on 127.0.0.1: Main PORT PAGES DATA. */
public class Main {
    public static void main(String[] args) throws Exception {
        File classes = new File(Main.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(args[2] + "/tomcat");
        tomcat.setHostname("127.0.0.1");
        tomcat.setPort(Integer.parseInt(args[0]));
        tomcat.getConnector().setProperty("address", "127.0.0.1");
        Context context = tomcat.addWebapp("", new File(args[1]).getAbsolutePath());
        StandardRoot resources = new StandardRoot(context);
        resources.addPreResources(
                new DirResourceSet(resources, "/WEB-INF/classes", classes.getAbsolutePath(), "/"));
        context.setResources(resources);
        tomcat.start();
        tomcat.getServer().await();
    }
}
