#include "base/media_type.h"

const char *media_type_of(struct str path)
{
	static const struct {
		const char *extension, *type;
	} types[] = {
	    {".css", "text/css"},	  {".csv", "text/csv"},
	    {".gif", "image/gif"},	  {".gz", "application/gzip"},
	    {".htm", "text/html"},	  {".html", "text/html"},
	    {".jpeg", "image/jpeg"},	  {".jpg", "image/jpeg"},
	    {".js", "text/javascript"},	  {".json", "application/json"},
	    {".mp3", "audio/mpeg"},	  {".mp4", "video/mp4"},
	    {".pdf", "application/pdf"},  {".png", "image/png"},
	    {".svg", "image/svg+xml"},	  {".tsv", "text/tab-separated-values"},
	    {".txt", "text/plain"},	  {".webp", "image/webp"},
	    {".xml", "application/xml"},  {".yaml", "application/yaml"},
	    {".yml", "application/yaml"}, {".zip", "application/zip"},
	};

	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		size_t len = strlen(types[i].extension);

		if (path.len > len &&
		    str_ieq(str_slice(path, path.len - len, path.len), str_of(types[i].extension)))
			return types[i].type;
	}
	return "application/octet-stream";
}
